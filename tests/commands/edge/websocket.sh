# A WebSocket gets the bytes an HTTP viewer gets, and a clean close at the end of the stream.
. "$CASES/edge_lib.sh"
/usr/bin/python3 -c 'import websockets' 2>/dev/null || exit 77
gop=25
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 4 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
begin_edge --batch 50ms --reconnect-window 300ms --access-log access.json
ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show" &
until_live show
curl -s -m 20 -o http.flv "http://127.0.0.1:$http/live/show.flv" &
viewer=$!
/usr/bin/python3 - "ws://127.0.0.1:$http/live" <<'P'
import asyncio, sys, websockets

async def watch():
    async with websockets.connect(sys.argv[1] + "/show.flv", max_size=None) as socket:
        with open("websocket.flv", "wb") as file:
            await (await socket.ping())
            print("pong")
            async for message in socket:
                file.write(message)
        print("closed with", socket.close_code)
    try:
        async with websockets.connect(sys.argv[1] + "/nothing.flv"):
            pass
    except websockets.exceptions.InvalidStatusCode as refused:
        print("refused with", refused.status_code)

asyncio.run(asyncio.wait_for(watch(), 20))
P
wait $viewer
whole clip.flv http.flv websocket.flv
end_edge
grep -o '"protocol":"ws-flv".*"status":[0-9]*' access.json | sed 's/"peer":"[^"]*",//'
