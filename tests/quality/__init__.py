"""How good the answers of search are: an invented Spanish archive whose documents know what they are about."""
