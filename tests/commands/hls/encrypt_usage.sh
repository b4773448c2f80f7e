# What cannot work is refused with what to use instead, before anything is written.
make_clip clip.mp4 1
try() { status hls-segment clip.mp4 -o out "$@"; }
try --key a
try --encrypt aes-128 --key missing
printf short >short.key
try --encrypt aes-128 --key short.key
try --encrypt aes-128 --key a --key-command b
try --encrypt aes-128 --key a --key-rotation 2
try --encrypt aes-128 --key-uri https://a/b --key-rotation 2
try --encrypt aes-128 --key-rotation never
try --encrypt aes-128 --key-command "a 'b"
try --encrypt aes-128 --key-command 'sh -c "echo 0123456789; exit 3"'
try --encrypt aes-128 --key-command 'echo 0123456789'
try --encrypt aes-128 --key-command /no/such/program
try --encrypt sample-aes
try --encrypt cbcs --type ts
try --encrypt aes-128 --key-uri skd://a
try --encrypt sample-aes --type ts --key-uri skd://a
[ -e out ] && find out -type f
