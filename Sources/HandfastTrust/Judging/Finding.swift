import HandfastCore

/// What one rule says about one certificate.
struct Finding {
  let rule: CertificateCheck.Rule
  let outcome: CertificateCheck.Outcome
  /// Set when it failed.
  let reason: CertificateRejection.Reason?
  let detail: String

  static func passed(_ rule: CertificateCheck.Rule, _ detail: String) -> Finding {
    Finding(rule: rule, outcome: .passed, reason: nil, detail: detail)
  }

  static func warned(_ rule: CertificateCheck.Rule, _ detail: String) -> Finding {
    Finding(rule: rule, outcome: .warned, reason: nil, detail: detail)
  }

  static func failed(
    _ rule: CertificateCheck.Rule, _ reason: CertificateRejection.Reason, _ detail: String
  ) -> Finding {
    Finding(rule: rule, outcome: .failed, reason: reason, detail: detail)
  }

  /// The detail, when it failed.
  var failure: String? { reason == nil ? nil : detail }

  func check(at position: Int?) -> CertificateCheck {
    CertificateCheck(rule: rule, outcome: outcome, position: position, detail: detail)
  }
}
