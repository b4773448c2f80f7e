# A file that is not there: one line, status 1, nothing left behind.
for tool in $tools; do status "$tool" nope.mp4; done
status hls-segment nope.mp4 -o out
status transcode-ladder nope.mp4 -o 'out/{rendition}.mp4'
status flv-mux nope.mp4 -o out.flv
status ingest nope.mp4 -o out.nut
ls
