public import HandfastCore

/// Why a connection failed, whose fault it is, and what to do. For this side's eyes only: the peer gets an alert and no more.
public struct Diagnosis: Hashable, Sendable {
  /// How sure the side that speaks can be. The side that judged is certain; the side that was refused has only an alert and its
  /// own knowledge.
  @nonexhaustive public enum Certainty: String, Hashable, Sendable {
    case certain
    case likely
    case possible
  }
  public package(set) var cause: FailureCause
  /// Whose set-up has to change; nil when neither side's has (a network that cut the connection), or it cannot be told.
  public package(set) var fault: Side?
  public package(set) var certainty: Certainty
  /// What makes it that certain, in one sentence.
  public package(set) var basis: String
  /// What happened, in one or two plain sentences, with what was expected and what came.
  public package(set) var explanation: String
  /// The rule that was broken: "RFC 5280 §4.2.1.12 (extended key usage)".
  public package(set) var rule: String?
  /// The certificate concerned, if there is one.
  public package(set) var certificate: CertificateReference?
  /// What else is concerned, by the name that the RFCs give it: "cipher_suites", "supported_groups".
  public package(set) var parameter: String?
  /// Of the certificate or parameter; nil where there is nothing to compare.
  public package(set) var expected: String?
  public package(set) var found: String?
  public package(set) var remedy: Remedy
  /// What else it may be, the likeliest first. Never more certain than this one, and without others of its own.
  public package(set) var others: [Diagnosis] = []

  package init(
    _ cause: FailureCause, fault: Side?, _ certainty: Certainty, basis: String, explanation: String, remedy: Remedy
  ) {
    self.cause = cause
    self.fault = fault
    self.certainty = certainty
    self.basis = basis
    self.explanation = explanation
    self.remedy = remedy
  }
}

/// What to change.
public struct Remedy: Hashable, Sendable {
  /// Where; nil: on both sides, on either, or between them.
  public let side: Side?
  /// In one or two plain sentences.
  public let text: String
  /// A command of `handfast` that looks into it or does it, with placeholders in capitals for file names.
  public let command: String?

  public init(side: Side?, text: String, command: String? = nil) {
    self.side = side
    self.text = text
    self.command = command
  }
}

/// Which certificate of which side.
public struct CertificateReference: Hashable, Sendable {
  public let owner: Side
  /// Its place in the presented chain (0: the leaf); nil: it was not presented, or the chain as a whole is meant.
  public let position: Int?
  public let subject: String?
  /// SHA-256 over the DER; nil where it is not known.
  public let fingerprint: [UInt8]?

  public init(owner: Side, position: Int?, subject: String?, fingerprint: [UInt8]? = nil) {
    self.owner = owner
    self.position = position
    self.subject = subject
    self.fingerprint = fingerprint
  }
}
