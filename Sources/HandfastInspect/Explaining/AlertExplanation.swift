package import HandfastCore
package import HandfastTrust
package import HandfastWire

/// What an alert means, and what it usually stands for in a mutual handshake.
package struct AlertExplanation: Sendable {
  package let alert: AlertDescription
  /// Where it is defined.
  package let rule: String
  /// What the RFC says of it, in short.
  package let meaning: String
  /// What it usually is in a mutual handshake.
  package let usually: String
  /// The likeliest first, for whom it reaches.
  let causes: [Side: [FailureCause]]
  package let misreadings: [String]

  /// For a receiver that is not known, the client's come first: it is mostly clients that are refused.
  package func causes(receivedBy side: Side?) -> [FailureCause] {
    let client = causes[.client] ?? []
    let server = causes[.server] ?? []
    switch side {
    case .client?: return client
    case .server?: return server
    case nil: return client + server.filter { !client.contains($0) }
    }
  }

  /// Nil for a number that no RFC gives to an alert.
  package static func of(_ alert: AlertDescription) -> AlertExplanation? { AlertBook.all[alert] }

  /// In the order of their numbers.
  package static var everyone: [AlertExplanation] {
    AlertBook.all.values.sorted { $0.alert.rawValue < $1.alert.rawValue }
  }
}

/// Collects the explanations, one by one.
struct AlertBook {
  private(set) var entries: [AlertDescription: AlertExplanation] = [:]

  /// - Parameters:
  ///   - client: The causes when a client receives it; likewise `server`, where it differs.
  mutating func add(
    _ number: UInt8, _ rule: String, _ meaning: String, usually: String, client: [FailureCause],
    server: [FailureCause]? = nil, not misreadings: String...
  ) {
    let alert = AlertDescription(rawValue: number)
    entries[alert] = AlertExplanation(
      alert: alert, rule: rule, meaning: meaning, usually: usually,
      causes: [.client: client, .server: server ?? client], misreadings: misreadings)
  }

  static let all: [AlertDescription: AlertExplanation] = {
    var book = AlertBook()
    book.addCertificateAlerts()
    book.addNegotiationAlerts()
    book.addRecordAlerts()
    book.addEndings()
    book.addHistory()
    return book.entries
  }()
}
