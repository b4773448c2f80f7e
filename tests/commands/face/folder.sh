# A folder is not an input.
mkdir folder
for tool in $tools; do status "$tool" folder; done
