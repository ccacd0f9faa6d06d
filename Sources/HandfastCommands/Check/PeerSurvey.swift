import Handfast
import HandfastCore
import HandfastTrust
import HandfastWire

/// What a server accepts, and what a mutual handshake with it would need.
struct PeerSurvey: Sendable {
  /// What came of one list of questions.
  struct Accepted<Value: Sendable>: Sendable {
    /// In the order in which the peer chose them.
    var values: [Value] = []
    /// Why there may be more; nil: there is no more.
    var gap: String?
  }
  /// What a server wants of its clients' certificates.
  struct Request: Sendable {
    let version: ProtocolVersion
    let accepted: ClientIdentityRequest

    /// In TLS 1.3 the signatures say it all.
    var certificateTypes: [ClientCertificateType] { version == .tls12 ? accepted.certificateTypes : [] }
  }
  /// What became of a whole handshake.
  struct Trial: Sendable {
    let negotiated: NegotiatedParameters?
    let failure: TLSFailure?
    let networkError: String?
    /// Whether the server has shown that it accepts this side. Always in TLS 1.2; in TLS 1.3 it may keep silent, and a client that
    /// is done does not know.
    var isConfirmed = true

    var isComplete: Bool { negotiated != nil }
  }

  var connections = 0
  /// Nil: the peer did not say.
  var versions: [(version: ProtocolVersion, refusal: String?)] = []
  /// TLS 1.3's.
  var suites13 = Accepted<CipherSuite>()
  /// TLS 1.3's.
  var groups13 = Accepted<NamedGroup>()
  /// TLS 1.2's.
  var suites = Accepted<CipherSuite>()
  /// One of those that are not spoken here.
  var foreignSuite: CipherSuite?
  /// TLS 1.2's.
  var groups = Accepted<NamedGroup>()
  var protocols = Accepted<String>()
  var chain: [CertificateDescription] = []
  /// Nil when there was no chain.
  var verdict: Verdict?
  /// The highest version's first.
  var requests: [Request] = []
  /// Which of the given certificates would be sent, and what rules out the others.
  var chosen: Identity?
  var candidates: [Choice.Candidate] = []
  /// What is wrong with each of them as a client's certificate, whoever asks.
  var unfitness: [[String]] = []
  /// Without a certificate.
  var bare: Trial?
  /// With the chosen one.
  var mutual: Trial?

  var certificateRequest: Request? { requests.first }
  var speaks12: Bool { speaks(.tls12) }
  var speaks13: Bool { speaks(.tls13) }

  private func speaks(_ version: ProtocolVersion) -> Bool {
    versions.contains { $0.version == version && $0.refusal == nil }
  }
}
