#include "hls/language.h"

#include <algorithm>

#include "base/text.h"

namespace weir::hls {
namespace {

// Eight characters each: ISO 639-1, ISO 639-2/T, and ISO 639-2/B where it differs.
constexpr std::string_view kCodes =
    "aaaar   ababk   aeave   afafr   akaka   amamh   anarg   arara   asasm   "
    "avava   ayaym   azaze   babak   bebel   bgbul   bhbih   bibis   bmbam   "
    "bnben   bobodtibbrbre   bsbos   cacat   ceche   chcha   cocos   crcre   "
    "cscesczecuchu   cvchv   cycymweldadan   dedeugerdvdiv   dzdzo   eeewe   "
    "elellgreeneng   eoepo   esspa   etest   eueusbaqfafasperffful   fifin   "
    "fjfij   fofao   frfrafrefyfry   gagle   gdgla   glglg   gngrn   guguj   "
    "gvglv   hahau   heheb   hihin   hohmo   hrhrv   hthat   huhun   hyhyearm"
    "hzher   iaina   idind   ieile   igibo   iiiii   ikipk   ioido   isislice"
    "itita   iuiku   jajpn   jvjav   kakatgeokgkon   kikik   kjkua   kkkaz   "
    "klkal   kmkhm   knkan   kokor   krkau   kskas   kukur   kvkom   kwcor   "
    "kykir   lalat   lbltz   lglug   lilim   lnlin   lolao   ltlit   lulub   "
    "lvlav   mgmlg   mhmah   mimrimaomkmkdmacmlmal   mnmon   mrmar   msmsamay"
    "mtmlt   mymyaburnanau   nbnob   ndnde   nenep   ngndo   nlnlddutnnnno   "
    "nonor   nrnbl   nvnav   nynya   ococi   ojoji   omorm   orori   ososs   "
    "papan   pipli   plpol   pspus   ptpor   quque   rmroh   rnrun   roronrum"
    "rurus   rwkin   sasan   scsrd   sdsnd   sesme   sgsag   sisin   skslkslo"
    "slslv   smsmo   snsna   sosom   sqsqialbsrsrp   ssssw   stsot   susun   "
    "svswe   swswa   tatam   tetel   tgtgk   ththa   titir   tktuk   tltgl   "
    "tntsn   toton   trtur   tstso   tttat   twtwi   tytah   uguig   ukukr   "
    "ururd   uzuzb   veven   vivie   vovol   wawln   wowol   xhxho   yiyid   "
    "yoyor   zazha   zhzhochizuzul   ";

struct Codes {
  std::string_view two, three, bibliographic;
};

Codes find(std::string_view code) {
  for (std::size_t i = 0; i < kCodes.size(); i += 8) {
    const Codes row{kCodes.substr(i, 2), kCodes.substr(i + 2, 3), kCodes.substr(i + 5, 3)};
    if (code == row.two || code == row.three || code == row.bibliographic) return row;
  }
  return {};
}

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_letter(char c) {
  return is_alnum(c) && (c < '0' || c > '9');
}

// Enough of RFC 5646 to be sure the text can stand in a playlist: subtags of 1 to 8 characters.
bool well_formed(std::string_view rest) {
  std::size_t length = 0;
  for (const char c : rest) {
    length = c == '-' ? 0 : length + 1;
    if ((c != '-' && !is_alnum(c)) || length > 8) return false;
  }
  return rest.empty() || rest.back() != '-';
}

}  // namespace

std::string language_tag(std::string_view language) {
  const auto dash = std::min(language.find('-'), language.size());
  const std::string primary = lower(language.substr(0, dash));
  const std::string_view rest = language.substr(dash);
  const bool good = primary.size() >= 2 && primary.size() <= 3 &&
                    std::all_of(primary.begin(), primary.end(), is_letter) && well_formed(rest);
  if (!good) return "und";
  const Codes codes = find(primary);
  return (codes.two.empty() ? primary : std::string(codes.two)) + std::string(rest);
}

std::string language_code3(std::string_view language) {
  const std::string tag = language_tag(language);
  const std::string primary = tag.substr(0, tag.find('-'));
  const Codes codes = find(primary);
  if (!codes.three.empty()) return std::string(codes.three);
  return primary.size() == 3 ? primary : "und";
}

}  // namespace weir::hls
