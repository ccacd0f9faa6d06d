public import HandfastCore

/// Why a handshake failed, whose fault it is, and what to do. For this side's eyes only: the peer gets an alert and no more.
public struct Diagnosis: Hashable, Sendable {
  /// How sure the side that speaks can be. The side that judged is certain; the side that was refused has only an alert and its
  /// own knowledge.
  @nonexhaustive public enum Certainty: String, Hashable, Sendable {
    case certain
    case likely
    case possible
  }
  /// Whose set-up has to change; nil when neither side's has (a network that cut the connection), or it cannot be told.
  public let fault: Side?
  public let certainty: Certainty
  /// What happened, in one or two plain sentences, with what was expected and what came.
  public let explanation: String
  /// The rule that was broken: "RFC 5280 §4.2.1.12 (extended key usage)".
  public internal(set) var rule: String?
  /// The certificate concerned, if there is one: its place in the presented chain (0: the leaf) and its subject.
  public let certificate: CertificateReference?
  /// What to change, and on which side.
  public let remedy: String

  public init(
    fault: Side?, certainty: Certainty, explanation: String, rule: String?, certificate: CertificateReference?,
    remedy: String
  ) {
    self.fault = fault
    self.certainty = certainty
    self.explanation = explanation
    self.rule = rule
    self.certificate = certificate
    self.remedy = remedy
  }
}

/// Which certificate of which side.
public struct CertificateReference: Hashable, Sendable {
  public let owner: Side
  public let position: Int?
  public let subject: String?

  public init(owner: Side, position: Int?, subject: String?) {
    self.owner = owner
    self.position = position
    self.subject = subject
  }
}
