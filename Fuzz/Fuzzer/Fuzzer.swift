import Foundation
import HandfastFuzz

/// The group that HANDFAST_FUZZ names.
private let group: FuzzGroup = {
  let name = ProcessInfo.processInfo.environment["HANDFAST_FUZZ"] ?? ""
  guard let group = FuzzGroup(rawValue: name) else {
    let names = FuzzGroup.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("HANDFAST_FUZZ is to be one of: \(names)\n".utf8))
    exit(64)
  }
  return group
}()

#if LIBFUZZER
  /// What libFuzzer calls. A violation ends the process, which is how libFuzzer is told; it keeps the input if Swift's own
  /// backtraces do not come first (`SWIFT_BACKTRACE=enable=no`).
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: libFuzzer lends `count` bytes for the length of this call.
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do { try group.run(input) } catch { fatalError("\(error)") }
    return 0
  }
#else
  /// Without libFuzzer: `HANDFAST_FUZZ=records HandfastFuzzer CORPUS SECONDS [SEED]`; with `seeds` in place of SECONDS it writes
  /// inputs to begin with. An input that brings about a violation is printed.
  @main struct Fuzzer {
    static func main() throws {
      let arguments = CommandLine.arguments
      guard arguments.count >= 3 else {
        FileHandle.standardError.write(Data("usage: HandfastFuzzer CORPUS SECONDS|seeds [SEED]\n".utf8))
        exit(64)
      }
      let folder = URL(fileURLWithPath: arguments[1])
      if arguments[2] == "seeds" { return try writeSeeds(folder) }
      guard let seconds = Double(arguments[2]) else { exit(64) }
      let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      let corpus = try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
      for input in corpus { try run(input) }
      var mutator = Mutator(corpus: corpus, seed: seed)
      let end = Date(timeIntervalSinceNow: seconds)
      var count = corpus.count
      while Date() < end {
        for _ in 0..<16 { try run(mutator.next()) }
        count += 16
      }
      print(#"{"group":"\#(group.rawValue)","seed":\#(seed),"executions":\#(count),"violations":0}"#)
    }

    private static func run(_ input: [UInt8]) throws {
      do { try group.run(input) } catch {
        let hex = input.map { String(format: "%02x", $0) }.joined()
        FileHandle.standardError.write(Data("\(group.rawValue): \(error)\ninput: \(hex)\n".utf8))
        exit(1)
      }
    }

    private static func writeSeeds(_ folder: URL) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (index, input) in try group.seeds().enumerated() {
        try Data(input).write(to: folder.appendingPathComponent(String(format: "seed-%03d", index)))
      }
    }
  }
#endif
