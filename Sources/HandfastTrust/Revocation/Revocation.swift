/// Whether certificates have been revoked: who is asked, and what holds when nobody answers.
///
/// A revoked certificate is refused whoever says so: a list (CRL) of its issuer, or an OCSP response that the peer staples. Both
/// count only when signed by the issuer, OCSP also by a responder whom the issuer has named. Nothing is fetched.
public struct Revocation: Sendable {
  /// When nobody says whether a certificate is good or revoked: there is no list of its issuer and no stapled response, or none
  /// that can be used.
  @nonexhaustive public enum WhenUnknown: String, Hashable, Sendable, CaseIterable {
    /// Soft fail: it is accepted with a warning. Whoever can keep a list from arriving can use a revoked certificate.
    case accept
    /// Hard fail: it is refused. Every authority on the path, the root included, must then have a list here.
    case refuse
  }

  /// When the newest list of an issuer should have been replaced by another one already.
  @nonexhaustive public enum WhenStale: String, Hashable, Sendable, CaseIterable {
    /// What it does not list is refused.
    case refuse
    /// It counts as if it were current, with a warning.
    case warn
  }

  /// Of which certificates the status is asked.
  @nonexhaustive public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Every one of the path but the root.
    case path
    /// The peer's own only.
    case leaf
  }

  /// Nil: nobody but the peer, who may staple an OCSP response.
  public var lists: (any RevocationListSource)?
  public var whenUnknown: WhenUnknown
  public var whenStale: WhenStale
  public var scope = Scope.path

  public init(lists: (any RevocationListSource)?, whenUnknown: WhenUnknown, whenStale: WhenStale) {
    self.lists = lists
    self.whenUnknown = whenUnknown
    self.whenStale = whenStale
  }

  /// What holds unless another choice is made: there are no lists; what a peer staples is judged; nobody has to.
  public static let stapledOnly = Revocation(lists: nil, whenUnknown: .accept, whenStale: .refuse)

  /// Whether a missing answer is worth a word.
  var expectsAnswers: Bool { lists != nil || whenUnknown == .refuse }

  /// The same for the same policy, whatever is revoked.
  var scopeOfRules: [UInt8] {
    [whenUnknown.rawValue, whenStale.rawValue, scope.rawValue].flatMap { $0.utf8 + [UInt8(ascii: " ")] }
  }
}
