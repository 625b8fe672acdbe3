module peers/chi

go 1.27

require github.com/go-chi/chi/v5 v5.0.7

// Where scripts/peers-setup puts Debian's package of it.
replace github.com/go-chi/chi/v5 => ../tools/chi/usr/share/gocode/src/github.com/go-chi/chi
