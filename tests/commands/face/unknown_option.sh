# A misspelt option is one line naming the nearest known one, status 2.
for tool in $tools; do status "$tool" --log-levle debug; done
status ingest --zzzzzzzz
