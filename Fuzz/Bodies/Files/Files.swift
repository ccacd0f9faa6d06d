import Foundation
import Handfast
import HandfastCore
import HandfastCrypto
import HandfastInspect
import HandfastTestKit
import HandfastTrust

/// The first byte says which kind of file the rest claims to be.
enum Files {
  static func run(_ input: [UInt8]) throws {
    guard let first = input.first, let kind = Kind(rawValue: first % UInt8(Kind.allCases.count)) else { return }
    let bytes = Array(input.dropFirst())
    lazy var text = String(decoding: bytes, as: UTF8.self)
    switch kind {
    case .chainPEM: _ = try? Identity(certificateChainPEM: text)
    case .key: readKey(bytes)
    case .chainDER: _ = try? Identity(certificateChainDER: [bytes])
    case .arrangedChain: _ = try? ArrangedChain(certificateChainPEM: text)
    case .session: try Tickets.readSession(bytes)
    case .trace: readTrace(text)
    case .identityPEM: _ = try? Identity(certificateChainPEM: text, privateKeyPEM: text)
    case .identityDER: try readIdentity(bytes)
    case .revocationList: _ = try? RevocationLists([bytes]).descriptions
    case .revocationStatus: try RevocationFiles.judge(bytes)
    case .ticketKey: try Tickets.readKeyFile(bytes)
    case .encryptedKey: try readEncryptedKey(bytes)
    case .ticket: try Tickets.open(bytes)
    case .roots: _ = try? Trust(rootsPEM: text)
    case .trust: _ = try? Trust(roots: [bytes])
    case .identifier: _ = try? SPIFFEID(text)
    }
  }

  /// In the order of the corpus: new ones come last.
  enum Kind: UInt8, CaseIterable {
    case chainPEM, key, chainDER, arrangedChain, session, trace, identityPEM, identityDER
    case revocationList, revocationStatus, ticketKey, encryptedKey, ticket, roots, trust, identifier
  }

  private static func readKey(_ bytes: [UInt8]) {
    _ = try? PrivateKey(pkcs8: bytes)
    _ = try? PrivateKey(sec1: bytes)
    _ = try? PrivateKey(pkcs1: bytes)
  }

  /// As a key for a chain that it belongs to if nobody has touched it.
  private static func readIdentity(_ bytes: [UInt8]) throws {
    let chain = try TestIdentities.shared.server().chain
    _ = try? Identity(certificateChainDER: chain, privateKeyDER: bytes)
  }

  private static func readEncryptedKey(_ der: [UInt8]) throws {
    guard !wantsManyIterations(der) else { return }
    let chain = try TestIdentities.shared.server().chain
    let text = [("CERTIFICATE", chain.first ?? []), ("ENCRYPTED PRIVATE KEY", der)].map { label, der in
      "-----BEGIN \(label)-----\n\(Data(der).base64EncodedString())\n-----END \(label)-----\n"
    }.joined()
    _ = try? Identity(certificateChainPEM: text, privateKeyPEM: text, passphrase: Array("handfast".utf8))
  }

  /// Ten million iterations are allowed, and take seconds. Any integer above 4,096 counts, wherever it is.
  private static func wantsManyIterations(_ der: [UInt8]) -> Bool {
    der.indices.dropLast(3).contains { index in
      guard der[index] == 2, (2...8).contains(der[index + 1]) else { return false }
      return der[index + 1] > 2 || der[index + 2] >= 16
    }
  }

  private static func readTrace(_ text: String) {
    guard let entries = try? TraceFile.entries(in: text) else { return }
    _ = NarrativeRenderer(width: 120).render(Narrative(entries))
    _ = try? TraceMerge(client: entries, server: entries)
  }
}
