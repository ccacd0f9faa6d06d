import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import Testing

struct Narrative13Tests {
  @Test(arguments: Story13.allCases)
  func `a trace of TLS 1.3 is read back the same`(_ story: Story13) throws {
    let entries = try story.record()
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
    try Data(NarrativeRenderer(width: 120).render(Narrative(entries)).utf8).write(to: URL(filePath: "/tmp/st-\(story).txt"))
  }
}
