import CHandfastBoring
import Crypto
public func present() -> Int { unsafe Int(chb_present()) }
