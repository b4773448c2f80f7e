# A recording goes on in the same file: after a clean end, after a cut, and after kill -9.
make_clip a.mp4 4
seconds() { ffprobe -v warning -show_entries format=duration -of csv=p=0 "$1" | cut -d. -f1; }
for run in 1 2; do status flv-mux a.mp4 --append -o a.flv --log-level warning; done
echo "$(pictures a.flv) pictures, $(seconds a.flv) s"
head -c $(($(stat -c %s a.flv) - 100)) a.flv >b.flv
status flv-mux a.mp4 --append -o b.flv --log-level warning | sed 's/its [0-9]* bytes/its N bytes/'
echo "$(pictures b.flv) pictures"
# Half a stream, then the writer is gone.
ingest a.mp4 -o a.nut --log-level error
mkfifo pipe
flv-mux pipe --append -o a.flv --log-level warning &
exec 3>pipe
head -c $(($(stat -c %s a.nut) / 2)) a.nut >&3
size=$(stat -c %s a.flv)
for _ in $(seq 500); do [ "$(stat -c %s a.flv)" -gt $((size + 60000)) ] && break; sleep 0.01; done
{ kill -9 $! && wait $!; } 2>/dev/null || true
exec 3>&-
cp a.flv killed.flv
status flv-mux killed.flv -o whole.flv >killed.txt
[ "$(pictures whole.flv)" -gt 220 ] && echo "what was written is there"
status flv-mux a.mp4 --append -o a.flv --log-level error
[ "$(pictures a.flv)" -ge $(($(pictures whole.flv) + 100)) ] && echo "and goes on"
ffmpeg -v warning -i a.flv -map 0 -f null -
# Other codecs are another file.
ffmpeg -v error -i a.mp4 -an -c:v copy silent.mp4
status flv-mux silent.mp4 --append -o a.flv
status flv-mux a.mp4 --append | head -1
