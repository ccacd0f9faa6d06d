import Foundation
import LimboHarness
import TestTurns
import Testing

/// C2SP's x509-limbo: chains that a validator must accept or refuse.
@Suite(.inTurn) struct LimboTests {
  @Test func `x509-limbo's chains are judged as it expects, but for listed differences`() async throws {
    let known = Set(LimboDifference.all.flatMap(\.cases))
    let suite = try LimboSuite(json: try data())
    #expect(suite.testcases.count == 208)
    for item in suite.testcases {
      let (agrees, said) =
        switch try await item.judge() {
        case .success: (item.expectedResult == "SUCCESS", "trusted")
        case .failure(let reason): (item.expectedResult == "FAILURE", reason)
        case .skipped(let reason): (false, "skipped: \(reason)")
        }
      #expect(agrees != known.contains(item.id), "\(item.id): \(said), expected \(item.expectedResult)")
    }
  }

  @Test func `a straight path and a search come to the same verdict, in the same words`() async throws {
    for item in try LimboSuite(json: try data()).testcases {
      let (straight, searched) = (try await item.judge(), try await item.judge(takesStraightPaths: false))
      #expect("\(straight)" == "\(searched)", "\(item.id)")
    }
  }

  @Test func `a chain is judged the same whether or not anybody is told of the checks`() async throws {
    for item in try LimboSuite(json: try data()).testcases {
      let (told, untold) = (try await item.judge(), try await item.judge(isTraced: false))
      #expect("\(told)" == "\(untold)", "\(item.id)")
    }
  }

  @Test func `every listed difference is about cases that there are, each once`() throws {
    let ids = Set(try LimboSuite(json: try data()).testcases.map(\.id))
    let listed = LimboDifference.all.flatMap(\.cases)
    #expect(Set(listed).count == listed.count)
    #expect(Set(listed).isSubset(of: ids))
  }

  @Test func `cases with revocation lists are judged with them`() async throws {
    let cases = try LimboSuite(json: try data()).testcases.filter { !($0.crls ?? []).isEmpty }
    #expect(cases.count == 8)
    for item in cases where item.expectedResult == "FAILURE" {
      guard case .failure(let reason) = try await item.judge() else {
        Issue.record("\(item.id) is trusted")
        continue
      }
      #expect(reason.hasPrefix("revo"), "\(item.id): \(reason)")
    }
  }

  private func data() throws -> Data {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: tests.appending(path: "Vectors/x509-limbo/limbo.json"))
  }
}
