# A file that is not there: one line, status 1, no output is begun.
for tool in $tools; do open_with "$tool" nope.mp4; done
status transcode-ladder nope.mp4 -o 'out/{rendition}.mp4'
status flv-mux nope.mp4 -o out.flv
status ingest nope.mp4 -o out.nut
ls
status hls-segment nope.mp4
