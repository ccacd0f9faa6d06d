import Foundation
import Handfast
import HandfastInspect
import HandfastNIO
import HandfastTrust

/// Says on stderr how connections go: in plain lines, or as one JSON object a line.
struct ConnectionReport: Sendable {
  let format: SummaryFormat
  let side: Side

  func listening(host: String, port: Int) {
    switch format {
    case .text: say("listening on \(host.contains(":") ? "[\(host)]" : host):\(port)")
    case .json: say(Listening(host: host, port: port))
    }
  }

  func connected(_ connection: SecureConnection, number: Int) {
    switch format {
    case .text: say(Connected(connection, side: side).text)
    case .json: say(Connected(connection, side: side, number: number))
    }
  }

  func resumed(_ fact: ResumptionFact, number: Int) {
    let report = ResumptionReport(fact, number: number)
    switch format {
    case .text: say(report.text(on: side))
    case .json: say(report)
    }
  }

  func confirmed(by confirmation: PeerConfirmation?, number: Int) {
    let report = ConfirmationReport(confirmation, number: number)
    switch format {
    case .text: say(report.text)
    case .json: say(report)
    }
  }

  func sentEarly(_ report: EarlyDataReport) {
    switch format {
    case .text: say(report.text)
    case .json: say(report)
    }
  }

  func updatedKeys(of connection: SecureConnection) {
    let text =
      connection.negotiated.version == .tls13
      ? "changed this side's keys, and asked the \(side.peer) to change its own"
      : "the keys stay: TLS 1.2 cannot change them within a connection"
    noted(text)
  }

  func noted(_ text: String) {
    switch format {
    case .text: say("note: \(text)")
    case .json: say(Message(event: "note", text: text))
    }
  }

  func closed(_ connection: SecureConnection, number: Int, _ traffic: Traffic) {
    let (received, sent) = (traffic.received, traffic.sent)
    switch format {
    case .text: say("closed \(connection.remoteAddress): \(received) bytes received, \(sent) sent")
    case .json:
      say(Closed(connection: number, remote: connection.remoteAddress, bytesReceived: received, bytesSent: sent))
    }
  }

  /// What is odd, and stops nothing.
  func warned(_ text: String) {
    switch format {
    case .text: say("warning: \(text)")
    case .json: say(Message(event: "warning", text: text))
    }
  }

  /// What works now, and will not tomorrow or elsewhere. What is frail in this side's own chain was said at the start.
  func warned(_ warnings: [HandshakeWarning], number: Int) {
    for warning in warnings where warning.certificate?.owner != side {
      let report = WarningReport(warning, number: number)
      switch format {
      case .text: say("warning: \(report.text)")
      case .json: say(report)
      }
    }
  }

  /// What stopped the command before there was a connection.
  func stopped(_ error: any Error, _ command: String) {
    switch format {
    case .text: say("handfast \(command): \(error)")
    case .json: say(Message(event: "error", text: "\(error)"))
    }
  }

  /// Whether the peer only left without a goodbye, after this side had said its own: then nothing was cut off on the way here
  /// that this side still waited for, and it is a note.
  func notes(_ error: any Error, remote: String, after trace: ConnectionTrace?) -> Bool {
    guard trace?.hasSaidGoodbye == true, error.isCut else { return false }
    noted("\(remote) left without a goodbye (close_notify), after this side had said its own")
    return true
  }

  func trusted(because anchor: CertificateDescription, by peers: TrustedPeers) {
    let place = peers.place(of: anchor)
    switch format {
    case .text:
      say("trusted because of \(anchor.subject), in \(place.isSystem ? "the system's store, " : "")\(place.path)")
    case .json: say(Trusted(anchor, place))
    }
  }

  func showed(_ own: OwnCertificate) {
    switch format {
    case .text: say(own.text)
    case .json: say(own)
    }
  }

  /// Says why, and returns what to tell the shell.
  func failed(_ error: any Error, remote: String, number: Int? = nil) -> ExitStatus {
    let failure = Failed(error, remote: remote, number: number)
    switch format {
    case .text: say(failure.text)
    case .json: say(failure)
    }
    return status(of: error)
  }

  private func say(_ value: some Encodable) {
    if let line = value.line { say(line) }
  }

  private func say(_ line: String) { complain(line) }
}

extension Error {
  /// Whether the peer's bytes only ended, or were cut off by its system.
  fileprivate var isCut: Bool {
    switch self {
    case let failure as TLSFailure: if case .truncated = failure.error { true } else { false }
    case let problem as NetworkError: problem.reason == .reset
    default: false
    }
  }
}

/// Writes to stderr; nothing can be done when that fails.
func complain(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }

func status(of error: any Error) -> ExitStatus {
  switch error {
  case let failure as TLSFailure:
    switch failure.error {
    case .alertReceived: .refusedByPeer
    case .truncated: .truncated
    case .handshakeTimedOut: .timedOut
    default: .peerRefused
    }
  case is NetworkError: .unavailable
  case is ConfigurationError: .usage
  case let error as CommandError: error.status
  default: .failure
  }
}

extension Encodable {
  /// As JSON on one line.
  var line: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}

private struct Message: Encodable {
  let event: String
  let text: String
}

private struct WarningReport: Encodable {
  var event = "warning"
  let connection: Int
  let code: String
  let side: String?
  let certificate: String?
  let text: String

  init(_ warning: HandshakeWarning, number: Int) {
    connection = number
    code = warning.code.rawValue
    side = warning.side?.rawValue
    certificate = warning.certificate?.phrase
    text = "\(warning.explanation) \(warning.remedy.text)"
  }
}

private struct Trusted: Encodable {
  var event = "trusted"
  let anchor: String
  let anchorFingerprint: String
  let store: String
  let isSystemStore: Bool

  init(_ anchor: CertificateDescription, _ place: (path: String, isSystem: Bool)) {
    self.anchor = anchor.subject
    anchorFingerprint = hexadecimal(anchor.fingerprint)
    (store, isSystemStore) = place
  }
}

private struct Listening: Encodable {
  var event = "listening"
  let host: String
  let port: Int
}

private struct Closed: Encodable {
  var event = "closed"
  let connection: Int
  let remote: String
  let bytesReceived: Int
  let bytesSent: Int
}

/// What a handshake settled, and with whom.
struct Connected: Encodable {
  var event = "connected"
  /// Counts the connections from 1, as the trace does.
  let connection: Int?
  let side: String
  let remote: String
  let version: String
  let cipherSuite: String
  let group: String?
  let serverSignatureScheme: String?
  let clientSignatureScheme: String?
  let applicationProtocol: String?
  let serverName: String?
  let extendedMasterSecret: Bool
  let secureRenegotiation: Bool
  let maxFragmentLength: Int?
  /// Whether an earlier session was resumed, from which the peer's identity then is.
  let resumed: Bool
  let earlyDataAccepted: Bool
  let peer: String?
  let peerNames: [String]?
  let peerFingerprint: String?
  /// The root that the peer is trusted because of.
  let anchor: String?
  let ownIdentity: String?

  init(_ connection: SecureConnection, side: Side, number: Int? = nil) {
    let settled = connection.negotiated
    self.connection = number
    self.side = side.rawValue
    remote = connection.remoteAddress
    version = settled.version.description
    cipherSuite = settled.cipherSuite.description
    group = settled.group?.description
    serverSignatureScheme = settled.serverSignatureScheme?.description
    clientSignatureScheme = settled.clientSignatureScheme?.description
    applicationProtocol = settled.applicationProtocol
    serverName = settled.serverName
    extendedMasterSecret = settled.usesExtendedMasterSecret
    secureRenegotiation = settled.usesSecureRenegotiation
    resumed = settled.isResumed
    earlyDataAccepted = settled.isEarlyDataAccepted
    maxFragmentLength = settled.maxFragmentLength?.byteCount
    let leaf = connection.peer?.presented.first
    peer = leaf?.subject
    peerNames = leaf?.names
    peerFingerprint = leaf.map { hexadecimal($0.fingerprint) }
    anchor = connection.peer?.path.last?.subject
    ownIdentity = connection.ownIdentity?.label
  }

  var text: String {
    var parts = ["connected to \(remote)", version, cipherSuite]
    if let group { parts.append(group) }
    if let applicationProtocol { parts.append("ALPN \(applicationProtocol)") }
    if resumed { parts.append("resumed") }
    parts.append(peer.map { "peer \($0)" } ?? "peer not authenticated")
    return parts.joined(separator: ", ")
  }
}

/// What went wrong, as it is said.
struct Failed: Encodable {
  var event = "failed"
  let connection: Int?
  let remote: String
  let error: String
  let detail: String
  var step: String?
  var rejection: String?
  var alertSent: String?
  var alertReceived: String?
  private var diagnosis: Diagnosis?
  private var told: AlertDescription?
  /// The step, for people.
  private var place = ""

  private enum CodingKeys: CodingKey {
    case event, connection, remote, error, detail, step, rejection, alertSent, alertReceived, diagnosis
  }

  init(_ error: any Error, remote: String, number: Int?) {
    connection = number
    self.remote = remote
    guard let failure = error as? TLSFailure else {
      self.error = "\(type(of: error))"
      detail = "\(error)"
      return
    }
    self.error = Mirror(reflecting: failure.error).children.first?.label ?? "\(failure.error)"
    detail = failure.diagnosis.explanation
    step = failure.step.rawValue
    if case .certificateRejected(let rejection) = failure.error { self.rejection = rejection.reason.rawValue }
    if case .alertReceived(let alert) = failure.error { alertReceived = alert.description }
    told = failure.alertSent
    alertSent = failure.alertSent?.description
    diagnosis = failure.commandDiagnosis
    place = failure.place
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(event, forKey: .event)
    try container.encodeIfPresent(connection, forKey: .connection)
    try container.encode(remote, forKey: .remote)
    try container.encode(error, forKey: .error)
    try container.encode(detail, forKey: .detail)
    try container.encodeIfPresent(step, forKey: .step)
    try container.encodeIfPresent(rejection, forKey: .rejection)
    try container.encodeIfPresent(alertSent, forKey: .alertSent)
    try container.encodeIfPresent(alertReceived, forKey: .alertReceived)
    if let diagnosis { try container.encode(diagnosis.encodable, forKey: .diagnosis) }
  }

  var text: String {
    guard let diagnosis else { return detail }
    var lines = ["\(remote): the connection failed \(place): \(detail)"]
    for line in DiagnosisText(diagnosis, told: told).summary { lines.append("  \(line.label): \(line.text)") }
    return lines.joined(separator: "\n")
  }
}

extension TLSFailure {
  /// "while waiting for the server's ChangeCipherSpec, after the client had sent its certificate and its Finished".
  fileprivate var place: String {
    if case .certificateRejected = error { return "while judging the \(side.peer)'s certificate" }
    let phrase = step.phrase(on: side)
    guard step != .established, step != .awaitingConfirmation, let lastSent else { return phrase }
    let certificate = side == .client && hasIdentity && lastSent != .certificate ? "its certificate and " : ""
    return "\(phrase), after the \(side) had sent \(certificate)its \(lastSent)"
  }
}
