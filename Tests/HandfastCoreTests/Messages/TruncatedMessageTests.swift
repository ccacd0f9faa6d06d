import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

/// Every message of a real handshake, cut at every length with its length field made to fit, so that the decoder and not the
/// record layer sees it.
@Suite("A message cut at any length", .inTurn) struct TruncatedMessageTests {
  private struct Cut {
    let sender: Side
    let index: Int
    let type: HandshakeType
    let count: Int
  }

  private func setup() throws -> Setup {
    // Ed25519: quick, and its messages always have the same lengths.
    var setup = try Setup(serverKey: .ed25519, clientKey: .ed25519, .required)
    setup.client.applicationProtocols = ["h2"]
    setup.server.applicationProtocols = ["h2"]
    setup.isTracing = false
    return setup
  }

  /// The messages that are sent in clear, in order.
  private func messages(of side: Side) throws -> [WireMessage] {
    let pair = try setup().pair()
    var messages: [WireMessage] = []
    pair.tamper = { flight in
      guard flight.sender == side else { return }
      flight.replaceMessages {
        messages.append($0)
        return [$0]
      }
    }
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    return messages
  }

  @Test("is refused with decode_error, or is another message that fails later", arguments: Side.allCases)
  func everyLength(side: Side) throws {
    let messages = try messages(of: side)
    #expect(messages.count == (side == .client ? 4 : 5))
    for (index, message) in messages.enumerated() {
      for count in message.body.indices {
        let pair = try setup().pair()
        var seen = -1
        pair.tamper = { flight in
          guard flight.sender == side else { return }
          flight.replaceMessages {
            seen += 1
            return seen == index ? [WireMessage($0.type, Array($0.body.prefix(count)))] : [$0]
          }
        }
        pair.run()
        let receiver = side == .client ? pair.server : pair.client
        #expect(!pair.client.isComplete || !pair.server.isComplete)
        let error = try #require(receiver.error, "\(message.type) of \(count) bytes")
        switch error {
        case .malformed(message.type, _), .malformedExtension(_, in: message.type, _):
          #expect(receiver.failure?.alertSent == .decodeError)
        // A hello without extensions is a hello.
        case .extendedMasterSecretMissing, .versionNotSupported:
          #expect(message.type == .clientHello || message.type == .serverHello)
        default: Issue.record("\(message.type) of \(count) bytes: \(error)")
        }
      }
    }
  }

  @Test("with bytes after its end is refused with decode_error", arguments: Side.allCases)
  func trailingBytes(side: Side) throws {
    for (index, message) in try messages(of: side).enumerated() {
      let pair = try setup().pair()
      var seen = -1
      pair.tamper = { flight in
        guard flight.sender == side else { return }
        flight.replaceMessages {
          seen += 1
          return seen == index ? [WireMessage($0.type, $0.body + [0])] : [$0]
        }
      }
      pair.run()
      let receiver = side == .client ? pair.server : pair.client
      guard case .malformed(message.type, .trailingBytes) = receiver.error else {
        Issue.record("\(message.type): \(String(describing: receiver.error))")
        continue
      }
      #expect(receiver.failure?.alertSent == .decodeError)
    }
  }

  @Test("that never ends is waited for, until the transport ends", arguments: Side.allCases)
  func withoutEnd(side: Side) throws {
    let pair = try setup().pair()
    pair.tamper = { flight in
      guard flight.sender == side, flight.index == 0 else { return }
      flight.bytes.removeLast()
    }
    pair.run()
    #expect(pair.client.error == nil && pair.server.error == nil)
    pair.hangUp()
    #expect((side == .client ? pair.server : pair.client).error == .truncated)
  }
}
