# A verdict for every line, in order; disguises are seen through, look-alikes pass.
cat >words.toml <<'T'
[[rule]]
name = "mild"
words = ["numpty", "ass"]
action = "mask"
category = "insult"
language = "en"

[[rule]]
name = "zh"
words = ["笨蛋"]
action = "block"
severity = 5
T
cat >lines.txt <<'T'
hello
you n.u.m.p.t.y
Ｎｕｍｐｔｙ, numptу, nu​mpty
a classic pass
你是笨 蛋

a$$
T
status screen text --words words.toml lines.txt
echo "--- from a pipe, with CR LF, the last line without an end"
printf 'a pass\r\nNUMPTY\r\n笨蛋' | status screen text --words words.toml --mask
echo "--- languages and categories"
status screen text --words words.toml --language zh lines.txt | grep -c '"action":"pass"'
status screen text --words words.toml --category insult lines.txt | grep -c '"action":"pass"'
echo "--- into a file"
status screen text --words words.toml --language en -o verdicts.jsonl lines.txt
wc -l <verdicts.jsonl
echo "--- many lines, in order"
python3 - <<'P'
import json, subprocess
lines = [" " * (i % 50) + "numpty" for i in range(20000)]
run = subprocess.run(["screen", "text", "--words", "words.toml"], input="\n".join(lines).encode(), capture_output=True)
verdicts = [json.loads(line) for line in run.stdout.splitlines()]
assert [v["line"] for v in verdicts] == list(range(1, 20001))
assert all(v["span"] == [i % 50, i % 50 + 6] for i, v in enumerate(verdicts))
print(len(verdicts))
P
