# The rules of probe: listed, chosen, written as JUnit; without media there is nothing to fetch.
status probe --rules | tail -2 | sed 's/[0-9][0-9]* rules, [0-9]* decided/N rules, N decided/'
status probe --rules --json | grep -c '"id": "draft-READ"'
cat >vod.m3u8 <<'T'
#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:6,
a.ts
#EXT-X-ENDLIST
T
status probe vod.m3u8 --only draft-REED
status probe vod.m3u8 --platform playstation
status probe vod.m3u8 --only draft-READ | tail -2
status probe vod.m3u8 --no-media --junit out.xml --only draft-READ,general-7.7 | tail -2
cat out.xml
status probe vod.m3u8 --skip draft-READ,general-7.7,draft-TARGETDURATION | tail -1
status probe vod.m3u8 --no-media --junit none/out.xml | tail -2
