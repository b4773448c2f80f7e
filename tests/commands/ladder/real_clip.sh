# On a real film: the same bytes whatever the jobs, by file and by pipe; rate and peak.
media clips/bbb_720p24_vp8_vorbis_30s.webm
clip=$WEIR_MEDIA/clips/bbb_720p24_vp8_vorbis_30s.webm
small_ladder
sed -i 's/= 320/= 640/; s/= 180$/= 360/; s/300k/800k/; s/180p/360p/; s/= 160/= 320/; s/= 90$/= 180/; s/100k/300k/; s/90p/180p/' small.toml
ladder="transcode-ladder --ladder small.toml --log-level error"
$ladder --jobs 2 "$clip" -o whole.nut
$ladder --jobs 1 "$clip" -o '{rendition}.mp4'
ingest "$clip" | $ladder --mode batch --jobs 1 >pipe.nut
cmp whole.nut pipe.nut && echo "the same bytes"
python3 "$CASES/ladder_facts.py" whole.nut 0 360p.mp4 800000 720 48 5
python3 "$CASES/ladder_facts.py" whole.nut 1 180p.mp4 300000 720 48 5
