# --play shows the right picture at the right time, plays the sound, and obeys keys.
for program in Xvfb xdotool; do
  command -v "$program" >/dev/null || skip "no $program"
done
probe --play missing.mp4 2>&1 | grep -q "without SDL2" && skip "built without SDL2"

# Red for two seconds, then blue; the left half is green.
ffmpeg -v error -f lavfi -i "color=red:size=320x180:rate=25:duration=2[a];color=blue:size=320x180:rate=25:duration=28[b];[a][b]concat=n=2,drawbox=w=160:h=180:color=lime:t=fill" \
  -f lavfi -i "sine=440:r=48000:d=30" -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -ac 2 clip.mp4

export XDG_RUNTIME_DIR=$PWD
status env -u DISPLAY -u WAYLAND_DISPLAY probe --play clip.mp4

Xvfb -displayfd 3 -screen 0 640x480x24 3>display 2>/dev/null &
until [ -s display ]; do sleep 0.05; done
export DISPLAY=:$(cat display) SDL_AUDIODRIVER=dummy

# What the middle of each half of the window shows; the window is in the middle of the screen.
colours() {
  ffmpeg -v error -f x11grab -video_size 640x480 -i "$DISPLAY" -frames:v 1 \
    -vf crop=320:180,format=rgb24,scale=2:1:flags=area -f rawvideo - | od -An -tu1
}
shows() {  # RIGHT HALF
  local red green blue right_red right_green right_blue
  read -r red green blue right_red right_green right_blue < <(colours)
  [ "$green" -gt 180 ] && [ "$red" -lt 60 ] || return
  case $1 in
    red) [ "$right_red" -gt 180 ] && [ "$right_blue" -lt 60 ] ;;
    blue) [ "$right_blue" -gt 180 ] && [ "$right_red" -lt 60 ] ;;
  esac
}
until_shows() {
  for _ in $(seq 100); do
    shows "$1" && echo "shows $1" && return
    sleep 0.05
  done
  echo "does not show $1: $(colours)"
}
key() {
  xdotool search --name "clip.mp4 - probe" key --window %1 "$1" 2>/dev/null ||
    xdotool key "$1"
  sleep 0.2
}

probe --json --play clip.mp4 >played.json &
player=$!
until_shows red
until_shows blue
key Right
key space
sleep 0.5
key space
key Left
key Left
until_shows red
key q
wait $player
echo "exit $?"
python3 - <<'P'
import json
report = json.load(open("played.json"))
print(report["kind"], "with sound" if report["sound"] else "without", report["seeks"], "seeks")
late = report["late"]["mean"]
print("in step" if late < 0.02 else f"late by {late}")
print("fluent" if report["dropped"] <= 0.2 * report["shown"] else report)
P

# To the end, with the sound written to a file as fast as it is asked for.
ffmpeg -v error -i clip.mp4 -t 2 -c copy short.mp4
SDL_AUDIODRIVER=disk SDL_DISKAUDIOFILE=sound.raw probe --play short.mp4 >/dev/null 2>said.txt
echo "exit $?"
ffmpeg -v error -f s16le -ar 48000 -ac 2 -i sound.raw -af silenceremove=start_periods=1:start_threshold=-50dB sound.wav
python3 - <<'P'
import struct, wave
sound = wave.open("sound.wav")
count = sound.getnframes()
samples = struct.unpack(f"<{count * 2}h", sound.readframes(count))[::2]
second = samples[9600:57600]
crossings = sum(1 for a, b in zip(second, second[1:]) if a < 0 <= b)
print("440 Hz" if abs(crossings - 440) <= 2 else f"{crossings} Hz")
P

# A window that is closed is a clean stop.
probe --play clip.mp4 >closed.txt &
player=$!
until_shows red
python3 "$CASES/close_window.py" "$(xdotool search --name "clip.mp4 - probe")"
wait $player
echo "exit $?"
# So is a signal.
probe --play clip.mp4 >stopped.txt &
player=$!
until_shows red
kill -TERM $player
wait $player
echo "exit $?"
grep -c "played from" closed.txt stopped.txt
kill %1
