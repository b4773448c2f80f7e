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
# Damage in the middle costs what it hit, not what is behind it.
cp a.flv hit.flv
head -c 3000 /dev/zero | tr '\0' '\377' | dd of=hit.flv bs=1 seek=60000 conv=notrunc status=none
status flv-mux hit.flv -o healed.flv | sed 's/[0-9]* bytes/N bytes/'
[ "$(stat -c %s healed.flv)" -gt $(($(stat -c %s a.flv) - 30000)) ] && echo "the rest is there"
status probe --check healed.flv >report.txt
tail -1 report.txt
