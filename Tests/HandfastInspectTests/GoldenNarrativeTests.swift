import Foundation
import HandfastInspect
import Testing

/// Whole stories, compared word for word with what is checked in. After a wanted change, run the tests with
/// `HANDFAST_UPDATE_GOLDEN=1` once and read the difference.
struct GoldenNarrativeTests {
  @Test(arguments: Story.allCases, [80, 120])
  func `a story reads as it is checked in`(_ story: Story, width: Int) throws {
    let text = NarrativeRenderer(width: width).render(Narrative(story.entries))
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../Golden/\(story.rawValue)-\(width).txt")
    if ProcessInfo.processInfo.environment["HANDFAST_UPDATE_GOLDEN"] != nil {
      try Data(text.utf8).write(to: file)
    }
    #expect(text == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }
}
