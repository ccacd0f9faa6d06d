import Foundation

/// x509-limbo's harness protocol: a suite, or one case, as JSON on standard input; what became of each as JSON on standard output.
/// Fails only when it cannot do that.
@main struct Harness {
  static func main() async throws {
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    let suite: LimboSuite
    do {
      suite = try LimboSuite(json: input)
    } catch {
      FileHandle.standardError.write(Data("limbo: standard input is neither a suite nor a case: \(error)\n".utf8))
      exit(65)
    }
    var results: [LimboResult.Result] = []
    for item in suite.testcases { results.append(try await result(of: item)) }
    FileHandle.standardOutput.write(try LimboResult(harness: "handfast", results: results).json + Data("\n".utf8))
  }

  private static func result(of item: LimboSuite.Case) async throws -> LimboResult.Result {
    switch try await item.judge() {
    case .success: .init(id: item.id, actualResult: "SUCCESS", context: nil)
    case .failure(let reason): .init(id: item.id, actualResult: "FAILURE", context: reason)
    case .skipped(let reason): .init(id: item.id, actualResult: "SKIPPED", context: reason)
    }
  }
}
