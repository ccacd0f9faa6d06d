import Handfast
import HandfastCore

extension TraceFile {
  /// The merged trace as a file: a trace like any other, whose header also says how it was put together, under `merged`.
  public static func text(_ merge: TraceMerge) throws -> String {
    let header = JSONValue.object([
      "format": .string(format), "generator": "handfast", "version": .int(version),
      "merged": .array(merge.connections.map(\.json)),
    ])
    var text = try header.line() + "\n"
    for entry in merge.entries.enumerated().map({ $1.with(order: $0) }) { text += try line(entry) + "\n" }
    return text
  }
}

extension MergedConnection {
  fileprivate var json: JSONValue {
    .object([
      "connection": .int(number), "clientRandom": .bytes(clientRandom), "clientConnection": .int(clientConnection),
      "serverConnection": .int(serverConnection), "matchingMessages": .int(matchingMessages), "clock": clock.json,
      "differences": .array(differences.map(\.json)),
      "unseen": .array(
        unseen.map {
          .object([
            "what": .string($0.what), "sender": .string($0.sender.rawValue), "neverSent": .bool($0.isFromNowhere),
          ])
        }),
    ])
  }
}

extension ClockEstimate {
  fileprivate var json: JSONValue {
    .object([
      "basis": .string(basis.rawValue), "serverAheadNanoseconds": .int(offset),
      "uncertaintyNanoseconds": uncertainty.map { .int($0) } ?? .null,
    ])
  }
}

extension MessageDifference {
  fileprivate var json: JSONValue {
    .object([
      "type": .code(type), "sender": .string(sender.rawValue), "ordinal": .int(ordinal), "offset": .int(offset),
      "field": .string(field), "sent": .text(sentValue), "received": .text(receivedValue),
      "sentByteCount": .int(sentByteCount), "receivedByteCount": .int(receivedByteCount),
    ])
  }
}
