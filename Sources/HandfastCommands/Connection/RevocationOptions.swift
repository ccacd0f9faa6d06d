package import ArgumentParser
import Handfast
import HandfastTrust

/// What `serve` and `connect` have in common about revoked certificates.
package struct RevocationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Revocation lists (CRLs), DER or PEM, that peers' certificates must not be on. May be repeated. Read again when they change.",
      valueName: "file"))
  package var crl: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Where no list and no stapled response says whether a certificate is revoked, or the list is stale: hard refuses it (the \
      default with --crl), soft accepts it with a warning.
      """, valueName: "policy"))
  package var crlPolicy: RevocationPolicyArgument?

  @Flag(help: "Ask the peer to staple an OCSP response to its certificate, and judge it.")
  package var ocsp = false

  @Option(
    help: ArgumentHelp(
      "An OCSP response (DER) to staple to the --cert in the same place, for peers that ask for it.", valueName: "file")
  )
  package var ocspStaple: [String] = []

  package init() {}

  /// Whether something is asked that concerns the peer's certificates.
  var isAboutPeers: Bool { !crl.isEmpty || crlPolicy != nil || ocsp }

  /// The trust with what is known of revocations.
  func inform(_ trust: Trust, _ report: ConnectionReport) throws(CommandError) -> Trust {
    guard !crl.isEmpty || crlPolicy != nil else { return trust }
    var trust = trust
    let lists = crl.isEmpty ? nil : try lists(report)
    switch crlPolicy ?? .hard {
    case .hard: trust.revocation = Revocation(lists: lists, whenUnknown: .refuse, whenStale: .refuse)
    case .soft: trust.revocation = Revocation(lists: lists, whenUnknown: .accept, whenStale: .warn)
    }
    return trust
  }

  private func lists(_ report: ConnectionReport) throws(CommandError) -> FileRevocationLists {
    let lists: FileRevocationLists
    do throws(RevocationFileError) {
      lists = try FileRevocationLists(paths: crl) { change in
        switch change {
        case .replaced: report.noted("the revocation lists are new")
        case .kept(let error): report.warned("the revocation lists stay as they were: \(error)")
        @unknown default: break
        }
      }
    } catch {
      throw CommandError("--crl \(error)", error.isUnreadable ? .noInput : .badInput)
    }
    for list in lists.revocationLists.descriptions {
      if let problem = list.problem {
        report.warned("the revocation list of \(list.issuer) vouches for nobody: \(problem)")
      } else if list.isStale {
        report.warned("the revocation list of \(list.issuer) is stale: replace it by the current one")
      }
    }
    return lists
  }

  /// The identities with what is stapled to them.
  func staple(to identities: [Identity]) throws(CommandError) -> [Identity] {
    var identities = identities
    for (index, path) in ocspStaple.enumerated() where index < identities.count {
      let bytes = try InputFile(path, limit: 1 << 16).bytes
      guard bytes.first == 0x30 else {
        throw CommandError(
          "--ocsp-staple \(path): this is no OCSP response in DER, as 'openssl ocsp -respout' writes it", .badInput)
      }
      identities[index].certificateStatus = bytes
    }
    return identities
  }
}

package enum RevocationPolicyArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case hard
  case soft
}

extension RevocationFileError {
  fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}
