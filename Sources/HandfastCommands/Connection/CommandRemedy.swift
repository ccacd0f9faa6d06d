import Handfast
import HandfastTrust

extension TLSFailure {
  /// The diagnosis with this program's options in place of the library's properties.
  var commandDiagnosis: Diagnosis {
    var copy = diagnosis
    let (old, text) = (diagnosis.remedy, commandRemedy)
    copy.remedy = Remedy(side: old.side, text: text, command: old.command)
    return copy
  }

  private var commandRemedy: String {
    switch error {
    case .certificateRejected(let rejection) where [.unknownIssuer, .selfSigned].contains(rejection.reason):
      side == .client
        ? "\(diagnosis.remedy.text) Pass the root with --ca FILE; without it only the system's roots are trusted."
        : "\(diagnosis.remedy.text) Pass the root with --client-ca FILE."
    case .extendedMasterSecretMissing where step != .established:
      "Update the \(side.peer)'s TLS software; if that is impossible, pass --extended-master-secret preferred here."
    case .certificateMissing(.client) where side == .server, .clientCertificateRequired where side == .server:
      "Give the client a certificate and key that fit this request; or pass --optional-client-cert here."
    case .alertReceived, .truncated:
      side == .client && diagnosis.rule?.hasSuffix("(client certificate)") == true
        ? "\(diagnosis.remedy.text) Pass it with --cert FILE --key FILE." : diagnosis.remedy.text
    case .handshakeTimedOut:
      "Check that the \(side.peer) is alive and speaks TLS on this port; on slow networks raise --handshake-seconds."
    case .noCommonCipherSuite:
      "Enable a suite on one side that the other has (--suite here); RFC 9325 §4.2 recommends ECDHE with AES-GCM."
    case .noCommonGroup:
      "Enable a group on one side that the other has (--group here); nearly everyone speaks secp256r1 and x25519."
    case .noCommonApplicationProtocol:
      "Let the application protocols of both sides (--alpn here) have one name in common."
    default: diagnosis.remedy.text
    }
  }
}
