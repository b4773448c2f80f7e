# Every tool tells its version on stdout.
for tool in $tools; do "$tool" --version | sed 's/[0-9]*\.[0-9]*\.[0-9]*/N.N.N/'; done
