# What is wrong in a ladder is named with its line; a ladder nobody knows, with those one may use.
clip="test:size=320x180"
make_clip clip.mp4 1
printf '[[rendition]]\nname = "a"\nwidth = 320\nheight = 180\nbitrat = "1M"\n' >key.toml
printf '[[rendition]]\nname = "a"\nwidth = 320\nheight = 180\nbitrate = "fast"\n' >value.toml
printf '[[rendition]]\nname = "a"\nwidth = 320\n' >lacks.toml
printf '[[rendition]\n' >syntax.toml
for ladder in key.toml value.toml lacks.toml syntax.toml nowhere.toml lunch; do
  status transcode-ladder clip.mp4 --ladder "$ladder"
done
