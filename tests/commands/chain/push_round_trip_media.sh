# Real files, enhanced ones too: pushed, taken in and written again they are what they were.
. "$CASES/round_trip.sh"
for name in enhanced_av1_opus_testsrc enhanced_av1_opus_testsrc2 avc_aac_bbb bear sample; do
  media "flv/$name.flv"
  echo "== $name"
  round_trip "$WEIR_MEDIA/flv/$name.flv"
done
