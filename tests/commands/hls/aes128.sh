# METHOD=AES-128: OpenSSL decrypts every segment to the clear one, players play it, keys are private.
make_clip clip.mp4 6
# For files, ffmpeg wants to be told that a name may end in .key.
decoded() { ffprobe -v error -allowed_extensions ALL -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$1" | head -1; }
hls-segment clip.mp4 --segment 2s --type ts -o clear --log-level error
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; echo; }
iv() { printf '%032x' "$1"; }
for type in ts fmp4; do
  hls-segment clip.mp4 --segment 2s --type $type -o $type --encrypt aes-128 --key-rotation 2 --log-level error
  ffmpeg -v warning -allowed_extensions ALL -i $type/master.m3u8 -map 0 -f null - && echo "$type plays, $(decoded $type/180p/index.m3u8) pictures"
  probe --strict $type/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
done
for n in 0 1 2; do
  key=$(hex ts/key-0000$((n / 2 * 2)).key)
  for track in 180p audio; do
    openssl enc -d -aes-128-cbc -K "$key" -iv "$(iv $n)" -in ts/$track/seg-0000$n.ts | cmp - clear/$track/seg-0000$n.ts
  done
done
grep -h KEY ts/master.m3u8 ts/180p/index.m3u8
(umask 0 && hls-segment clip.mp4 -o open --encrypt aes-128 --log-level error)
stat -c '%a %s %n' open/key-*.key
cmp -s ts/key-00000.key fmp4/key-00000.key && echo "generated keys are the same"
# A key of one's own: the same bytes each time, and with an IV behind it that one is used.
printf '000102030405060708090a0b0c0d0e0f\n' >hex.key
for run in a b; do hls-segment clip.mp4 --type ts -o $run --encrypt aes-128 --key hex.key --log-level error; done
diff -r a b && hex a/key-00000.key
printf '000102030405060708090a0b0c0d0e0f%032x' 5 >both.key
hls-segment clip.mp4 --type ts -o iv --encrypt aes-128 --key both.key --key-uri https://keys.example/1 --log-level error
grep -h KEY iv/180p/index.m3u8
ls iv
# A program prints the key; no shell reads its arguments.
hls-segment clip.mp4 --segment 2s -o command --encrypt aes-128 --key-rotation 1 \
  --key-command "printf '%032d' {number}" --log-level error
for key in command/key-*.key; do hex $key; done
hls-segment clip.mp4 -o lead --segment 2s --encrypt aes-128 --clear-lead 4s --log-level error
grep -h -e KEY -e '^seg' lead/180p/index.m3u8
