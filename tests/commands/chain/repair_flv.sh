# An FLV file that breaks off becomes whole, with its index; what is lost is said.
make_clip a.mp4 4
flv-mux a.mp4 -o a.flv
head -c $(($(stat -c %s a.flv) * 6 / 10)) a.flv >cut.flv
status flv-mux cut.flv -o whole.flv | sed 's/[0-9]* bytes/N bytes/'
ffprobe -v warning -show_entries format=duration -of csv=p=0 whole.flv | cut -c1-3
ffmpeg -v warning -i whole.flv -map 0 -f null -
ffmpeg -v warning -ss 2 -i whole.flv -map 0:v -frames:v 1 -f null -
status flv-mux whole.flv -o again.flv
cmp whole.flv again.flv && echo "whole"
