// Variables, identifiers and the steering manifest.
#include "hls/presentation.h"

#include <gmock/gmock.h>

namespace weir::hls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Variables, AreFoundOnceEachAndOnlyWhereTheyAreWhole) {
  EXPECT_THAT(variables_in("https://{$host}/{$a-b}?{$host}"), ElementsAre("host", "a-b"));
  EXPECT_THAT(variables_in("{$}{$a b}{host}{$open"), IsEmpty());
  EXPECT_THAT(variables_in("{${$x}"), ElementsAre("x"));
}

TEST(PresentationTags, NothingSaidIsNothingWritten) {
  EXPECT_EQ(define_tags({}) + presentation_tags({}), "");
  EXPECT_EQ(PresentationTags().version(), 1);
}

TEST(StartTag, CountsFromEitherEnd) {
  EXPECT_EQ(start_tag({Micros(-500'000), false}), "#EXT-X-START:TIME-OFFSET=-0.500\n");
  EXPECT_EQ(start_tag({Micros(90'000'000), true}), "#EXT-X-START:TIME-OFFSET=90.000,PRECISE=YES\n");
}

TEST(PresentationTags, VariablesRaiseTheVersion) {
  PresentationTags tags;
  tags.variables = {{"a", "1"}};
  EXPECT_EQ(tags.version(), 8);
  tags.variables.push_back({"b", {}});
  EXPECT_EQ(tags.version(), 11);
}

TEST(SteeringManifest, ListsThePathwaysInOrder) {
  EXPECT_EQ(steering_manifest(300, {"a", "b"}),
            "{\"VERSION\":1,\"TTL\":300,\"PATHWAY-PRIORITY\":[\"a\",\"b\"]}\n");
}

}  // namespace
}  // namespace weir::hls
