import Foundation
import HandfastInspect
import TestTurns
import Testing

@Suite(.serialized, .inTurn) struct Golden13Tests {
  @Test(arguments: GoldenStory13.allCases)
  func `a recorded connection reads as it is checked in`(_ story: GoldenStory13) throws {
    let narrative = Narrative(try story.entries())
    for width in [80, 120] {
      let text = NarrativeRenderer(width: width).render(narrative)
      let file = GoldenStory13.file("\(story.rawValue)-\(width).txt")
      if ProcessInfo.processInfo.environment["HANDFAST_UPDATE_GOLDEN"] != nil {
        try Data(text.utf8).write(to: file)
      }
      #expect(text == String(decoding: try Data(contentsOf: file), as: UTF8.self))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    }
  }
}
