package import HandfastWire

/// In which order a server looks at what it can do, for one client: its own order, but where it leaves a choice to its clients.
package struct ServerPreference<Candidate: Hashable & Sendable>: Sendable {
  package private(set) var order: [Candidate]
  /// What the client's list has changed, as a rule's last words; empty: nothing.
  package private(set) var departure = ""

  /// `peer` in the client's order; `equal`: sets of candidates that are worth the same to the server.
  package init(_ own: [Candidate], equal: [[Candidate]], peer: [Candidate]) {
    order = own
    guard !equal.isEmpty else { return }
    let order = Self.merge(own, equal, peer)
    if order != own { departure = ", in the client's order among those worth the same here" }
    self.order = order
  }

  private static func merge(_ own: [Candidate], _ equal: [[Candidate]], _ peer: [Candidate]) -> [Candidate] {
    var order: [Candidate] = []
    var seen: Set<Candidate> = []
    for candidate in own where !seen.contains(candidate) {
      // A set stands where its first member does.
      let members = Set(equal.first { $0.contains(candidate) } ?? [candidate]).intersection(own).subtracting(seen)
      for member in peer + own where members.contains(member) && seen.insert(member).inserted { order.append(member) }
    }
    return order
  }
}

extension ServerPreference<CipherSuite> {
  /// The suites of one version: `own` has those that this server has enabled for it.
  package init(_ own: [CipherSuite], _ settings: ServerSettings, offered: [CipherSuite]) {
    self.init(own, equal: settings.configuration.equalCipherSuites, peer: offered)
    guard settings.configuration.letsClientsPreferChaCha20, let first = offered.first(where: own.contains),
      first.usesChaCha20,
      order.first?.usesChaCha20 == false
    else { return }
    // A client without instructions for AES: ChaCha20 is several times as fast there, and runs in constant time.
    order = order.filter(\.usesChaCha20) + order.filter { !$0.usesChaCha20 }
    departure += ", ChaCha20 before AES as in the client's list"
  }
}

extension CipherSuite {
  fileprivate var usesChaCha20: Bool {
    (CipherSuite13(self)?.aead ?? CipherSuiteParameters(self)?.aead) == .chaCha20Poly1305
  }
}

extension ServerSettings {
  /// The groups in the order in which this client gets them.
  package func groupPreference(offered: [NamedGroup]?) -> ServerPreference<NamedGroup> {
    ServerPreference(configuration.groups, equal: configuration.equalGroups, peer: offered ?? [])
  }
}
