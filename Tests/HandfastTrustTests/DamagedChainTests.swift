import Foundation
import HandfastCore
import HandfastTrust
import SwiftASN1
import TestTurns
import Testing
import X509

/// Chains with bytes changed, dropped and repeated: no trap, no hang, and never trust in a changed leaf.
@Suite(.inTurn) struct DamagedChainTests {
  /// SplitMix64: the same damage on every run.
  struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }

  @Test func `damaged chains are refused, described, and never a trap`() async throws {
    let root = try TestAuthority("Root")
    let authority = try root.intermediate("Intermediate") { draft in
      draft.nameConstraints = NameConstraints(permittedSubtrees: [.dnsName("example")], excludedSubtrees: [])
    }
    let leaf = try authority.leaf { draft in
      draft.names = [
        .dnsName("a.example"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])), .rfc822Name("a@a.example"),
      ]
    }
    let trust = try Trust(root)
    let rounds = ProcessInfo.processInfo.environment["HANDFAST_FUZZ_ROUNDS"].flatMap(Int.init) ?? 1500
    var random = Seeded(state: 2026)
    for round in 0..<rounds {
      let position = round % 2
      var chain = [leaf, try authority.der]
      chain[position] = Self.damaged(chain[position], &random)
      let verdict = try await trust.server(chain)
      let isUnchanged = chain[position] == (position == 0 ? leaf : try authority.der)
      #expect(isUnchanged || verdict.rejection != nil, "round \(round)")
      #expect(verdict.rejected?.checks.last?.outcome == .failed || isUnchanged, "round \(round)")
      _ = CertificateDescription(der: chain[position])
    }
  }

  private static func damaged(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
      default: bytes.insert(contentsOf: bytes[index..<min(index + 8, bytes.count)], at: index)
      }
    }
    return bytes
  }
}
