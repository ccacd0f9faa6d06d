import Handfast
import HandfastCore

extension MergedConnection {
  /// What comes before the story: whether the two sides saw the same, and if not, where they part.
  public var summary: [NarrativeLine] {
    var lines: [NarrativeLine] = [
      .heading("Connection \(number), as both hosts recorded it: client random \(shortHex(clientRandom))"),
      .field("client's trace", "connection \(clientConnection)", .faint),
      .field("server's trace", "connection \(serverConnection)", .faint),
      .field("clocks", clock.description, clock.basis == .contradictory ? .caution : .plain),
      .field("messages", "\(counted(matchingMessages, "handshake message")) seen alike by both sides"),
    ]
    if isUnchanged, unseen.isEmpty {
      lines.append(.passed(nil, "Both sides saw the same bytes, and nothing was lost on the way."))
      return lines
    }
    for difference in differences { lines.append(.failed(nil, difference.description)) }
    if !differences.isEmpty {
      lines.append(.say("Something between the two hosts changed what went through it.", depth: 1, .bad))
    }
    for item in unseen { lines.append(item.line) }
    return lines
  }
}

extension MergedConnection.Unseen {
  fileprivate var line: NarrativeLine {
    let text =
      isFromNowhere
      ? "The \(sender.peer) received a \(what) that the \(sender) never sent."
      : "The \(sender) sent \(what), which the \(sender.peer) never saw."
    if isFromNowhere { return .failed(nil, text) }
    return isAlert ? .passedOver(text) : .warned(nil, text)
  }
}

extension TraceMerge {
  /// What stands in one trace only, for the end of the story; empty when everything matched.
  public var remainder: [NarrativeLine] {
    let listed = unmatched.filter(\.isRepeated) + unmatched.filter { !$0.isRepeated }.prefix(Self.listLimit)
    let lines = listed.map { item -> NarrativeLine in
      let name = item.clientRandom.map { "client random \(shortHex($0))" } ?? "without a ClientHello"
      let place = "Connection \(item.connection) of the \(item.side)'s trace (\(name))"
      return item.isRepeated
        ? .warned(nil, "\(place) has a client random that was matched before: the same ClientHello came twice.")
        : .passedOver("\(place) is not in the \(item.side.peer)'s trace.")
    }
    let rest = unmatched.count - listed.count
    return rest == 0 ? lines : lines + [.passedOver("And \(counted(rest, "other")).")]
  }

  /// A server has many clients, and each of them has its own trace.
  private static let listLimit = 5
}
