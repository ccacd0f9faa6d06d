import Foundation
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

/// One of RFC 8448's handshakes: what was sent, with which private keys, and what both sides computed.
struct RecordedTrace {
  private let values: [String: [UInt8]]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Vectors/rfc8448")
    let text = try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8)
    var values: [String: [UInt8]] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      try #require(words.count == 2, "\(line)")
      let digits = Array(words[1])
      values[String(words[0])] = try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
      }
    }
    self.values = values
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func bytes(_ name: String) throws -> [UInt8] { try #require(values[name], "\(name)") }

  /// The one record of that name.
  func record(_ name: String) throws -> WireRecord {
    let (records, rest) = WireRecord.parse(try bytes(name))
    try #require(records.count == 1 && rest.isEmpty)
    return records[0]
  }

  /// The (EC)DHE secret, from that side's private key and the other's public value.
  func sharedSecret(of side: Side) throws -> (secret: [UInt8], group: NamedGroup) {
    let client = try decode(ClientHello.self, in: "clientHello").extensions?.decode(ClientKeyShares.self)
    let server = try decode(ServerHello.self, in: "serverHello").extensions?.decode(ServerKeyShare.self)?.entry
    let (own, peer) = (try #require(client?.entries.first), try #require(server))
    let privateKey = try bytes(side == .client ? "clientPrivateKey" : "serverPrivateKey")
    let key = try ECDHEKey(own.group, random: { _ in privateKey })
    let (mine, theirs) = side == .client ? (own, peer) : (peer, own)
    #expect(key.publicValue == mine.keyExchange)
    let secret = try key.sharedSecret(with: theirs.keyExchange.span)
    return (secret.withSpan { [UInt8](copying: $0) }, own.group)
  }

  func decode<M: HandshakeBody>(_ kind: M.Type, in name: String) throws -> M {
    let (messages, _) = WireMessage.parse(try record(name).fragment)
    let message = try #require(messages.first { $0.type == M.type })
    return try M(decoding: message.body.span, "body")
  }
}

/// Both ends of one direction: what the sender seals and what the receiver opens.
final class BothEnds {
  private var receiving: RecordProtection
  private var sending: RecordProtection

  init(_ secret: borrowing TrafficSecret13) throws {
    receiving = try secret.protection()
    sending = try secret.protection()
  }

  /// A record's type and content, if it opens, and comes out the same when it is sealed once more.
  func content(of record: WireRecord) throws -> Content {
    var fragment = record.fragment
    var span = fragment.mutableSpan
    let opened = try receiving.open(&span, type: record.type)
    let content = Array(fragment[opened.plaintext])
    let sealed = try [UInt8](capacity: content.count + 64) { output throws in
      _ = try sending.seal(content.span, type: opened.type, into: &output)
    }
    #expect(sealed == record.bytes)
    return Content(type: opened.type, bytes: content)
  }

  struct Content: Equatable {
    let type: ContentType
    let bytes: [UInt8]
  }
}
