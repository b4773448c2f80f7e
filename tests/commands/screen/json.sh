# JSON lines in: the id comes back, what is no comment is to be reviewed and is told of.
printf '[[rule]]\nname = "mild"\nwords = ["numpty"]\naction = "mask"\n' >words.toml
cat >lines.jsonl <<'T'
{"id": 7, "text": "a nump\u0074y"}
{"id": "x", "text": "fine"}
{"text": "a\nnumpty\ud83d\ude00"}
{"id": 9, "body": "numpty"}
numpty
{"text": "\ud800"}
[1, 2]
T
status screen text --words words.toml --json lines.jsonl
status screen text --words words.toml --json --field body --mask lines.jsonl | sed -n 4p
