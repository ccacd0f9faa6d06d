import Foundation
import HandfastFuzz
import TestTurns
import Testing

/// The fuzzers' corpus, replayed: what an input once showed stays fixed.
@Suite(.inTurn) struct CorpusTests {
  @Test(arguments: FuzzGroup.allCases) func `no input of the corpus brings about what must never be`(
    _ group: FuzzGroup
  ) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzz/Corpus")
    let folder = root.appending(path: group.rawValue).standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let input = Array(try Data(contentsOf: file))
      #expect(throws: Never.self, "\(file.lastPathComponent)") { try group.run(input) }
    }
  }

  @Test(arguments: FuzzGroup.allCases) func `some thousand mutations of it do not either`(_ group: FuzzGroup) throws {
    var mutator = Mutator(corpus: try group.seeds(), seed: 6)
    for run in 0..<(group == .handshakes ? 200 : 2000) {
      let input = mutator.next()
      #expect(throws: Never.self, "run \(run): \(input)") { try group.run(input) }
    }
  }
}
