// Playlists without media that keep every rule on every platform.
#pragma once

#include <map>
#include <string>

namespace weir::probe {

inline std::string vod_playlist(const std::string& extra = "", const std::string& media = "v") {
  std::string text =
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n" + extra;
  for (const char* number : {"0", "1", "2"}) text += "#EXTINF:6.000,\n" + media + number + ".ts\n";
  return text + "#EXT-X-ENDLIST\n";
}

inline std::string iframe_playlist() {
  return "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n"
         "#EXT-X-I-FRAMES-ONLY\n#EXTINF:1.000,\n#EXT-X-BYTERANGE:500@0\nv0.ts\n#EXT-X-ENDLIST\n";
}

inline std::string main_playlist() {
  const std::string groups = ",AUDIO=\"snd\",SUBTITLES=\"sub\"\n";
  return "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
         "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"snd\",NAME=\"Sound\",LANGUAGE=\"en\",DEFAULT=YES,"
         "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"s.m3u8\"\n"
         "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"sub\",NAME=\"Text\",LANGUAGE=\"en\","
         "URI=\"t.m3u8\"\n"
         "#EXT-X-STREAM-INF:BANDWIDTH=2000000,AVERAGE-BANDWIDTH=1800000,"
         "CODECS=\"avc1.640020,mp4a.40.2\",RESOLUTION=960x540,FRAME-RATE=25.000" +
         groups +
         "a.m3u8\n"
         "#EXT-X-STREAM-INF:BANDWIDTH=6000000,AVERAGE-BANDWIDTH=5000000,"
         "CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=25.000" +
         groups +
         "b.m3u8\n"
         "#EXT-X-STREAM-INF:BANDWIDTH=4500000,AVERAGE-BANDWIDTH=4000000,"
         "CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=25.000" +
         groups +
         "c.m3u8\n"
         "#EXT-X-STREAM-INF:BANDWIDTH=180000,AVERAGE-BANDWIDTH=150000,"
         "CODECS=\"avc1.64000c,mp4a.40.2\",RESOLUTION=416x234,FRAME-RATE=24.000" +
         groups +
         "d.m3u8\n"
         "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,CODECS=\"avc1.640020\",RESOLUTION=960x540,"
         "URI=\"i.m3u8\"\n"
         "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=50000,CODECS=\"avc1.64000c\",RESOLUTION=416x234,"
         "URI=\"j.m3u8\"\n";
}

inline std::string live_playlist(int count = 6) {
  std::string text =
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n"
      "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\n";
  for (int i = 0; i < count; ++i) text += "#EXTINF:6.000,\nv.ts\n";
  return text;
}

inline std::string low_playlist(const std::string& other, int count = 6) {
  std::string text =
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n"
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=6.0,HOLD-BACK=18.0,"
      "CAN-SKIP-UNTIL=36.0\n#EXT-X-PART-INF:PART-TARGET=2.0\n#EXT-X-MEDIA-SEQUENCE:7\n"
      "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\n";
  for (int i = 0; i < count - 1; ++i) text += "#EXTINF:6.000,\nv.mp4\n";
  text +=
      "#EXT-X-PART:DURATION=2.000,URI=\"p0.mp4\"\n#EXT-X-PART:DURATION=2.000,URI=\"p1.mp4\"\n"
      "#EXT-X-PART:DURATION=2.000,URI=\"p2.mp4\"\n#EXTINF:6.000,\nv.mp4\n"
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3.mp4\"\n";
  return text + "#EXT-X-RENDITION-REPORT:URI=\"" + other + "\",LAST-MSN=12,LAST-PART=2\n";
}

/// "main.m3u8" names all of the first group; "live.m3u8" and "low.m3u8" stand alone; "pair.m3u8"
/// names "low.m3u8" and "low2.m3u8".
inline std::map<std::string, std::string> sample_playlists() {
  std::string pair = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  for (const char* name : {"low", "low2"})
    pair += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::string(name[3] == '2' ? "2" : "1") +
            "000000,AVERAGE-BANDWIDTH=800000,CODECS=\"avc1.640028\",RESOLUTION=640x360,"
            "FRAME-RATE=25.000\n" +
            name + ".m3u8\n";
  return {{"main.m3u8", main_playlist()},
          {"a.m3u8", vod_playlist()},
          {"b.m3u8", vod_playlist()},
          {"c.m3u8", vod_playlist()},
          {"d.m3u8", vod_playlist()},
          {"s.m3u8", vod_playlist("", "s")},
          {"t.m3u8", vod_playlist("", "t")},
          {"i.m3u8", iframe_playlist()},
          {"j.m3u8", iframe_playlist()},
          {"live.m3u8", live_playlist()},
          {"low.m3u8", low_playlist("low2.m3u8")},
          {"low2.m3u8", low_playlist("low.m3u8")},
          {"pair.m3u8", pair}};
}

}  // namespace weir::probe
