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
