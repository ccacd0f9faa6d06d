import Foundation
import HandfastInspect

/// Recorded connections of TLS 1.3, checked in as trace files: what is told about them can be compared word for word. They are
/// recorded anew by `HANDFAST_RECORD_TRACES=1 swift test --filter Golden13`; then the stories need updating too.
enum GoldenStory13: String, CaseIterable {
  case complete
  case retry
  case lateRejection
  case earlyData

  static func file(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Golden/tls13-\(name)")
  }

  func entries() throws -> [TraceEntry] {
    let file = Self.file("\(rawValue).jsonl")
    if ProcessInfo.processInfo.environment["HANDFAST_RECORD_TRACES"] != nil, let story = Story13(rawValue: rawValue) {
      try Data(try TraceFile.text(try story.record()).utf8).write(to: file)
    }
    return try TraceFile.entries(in: String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }
}
